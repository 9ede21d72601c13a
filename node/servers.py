"""The daemon's servers beside the control API: the DCP gateway and the page; checks for the command line.

Built here for `daemon.py`. Neither server listens before it is asked to, by the configuration or over the control API.
"""

from dataclasses import dataclass, replace

from meshnode.node.checking import CHECK_PATH, answer_check
from meshnode.node.compile_service import CompileService
from meshnode.node.control_api import Answers
from meshnode.node.dcp.gateway import Gateway, GatewayParts
from meshnode.node.dcp.gateway_request import read_gateway_start
from meshnode.node.jobs import Jobs
from meshnode.node.page.api import PageParts
from meshnode.node.page.command import start_page, stop_page
from meshnode.node.page.server import PageServer
from meshnode.node.page.watch import RunWatch


@dataclass(frozen=True, slots=True)
class Servers:
    """What the control API starts and stops."""

    gateway: Gateway
    page: PageServer
    compiler: CompileService

    def answers(self, answers: Answers) -> Answers:
        """Add the servers' questions and commands to those of the control API."""
        gateway, page = self.gateway, self.page
        return replace(
            answers,
            questions={"/gateway": gateway.status},
            commands={
                "/gateway/start": lambda body: gateway.start(read_gateway_start(body)),
                "/gateway/stop": lambda _: gateway.stop(),
                "/page/start": lambda body: start_page(page, body),
                "/page/stop": lambda _: stop_page(page),
                CHECK_PATH: lambda body: answer_check(self.compiler, body),
            },
        )


def build_servers(
    parts: GatewayParts, compiler: CompileService, jobs: Jobs, answers: Answers
) -> Servers:
    """Build both; they listen nowhere yet."""
    page = PageParts(
        compiler=compiler,
        jobs=jobs,
        status=answers.status,
        peers=answers.peers,
        watch=RunWatch(
            parts.requester.store, parts.thread, parts.identity, parts.runs.chunks_at_home
        ),
    )
    return Servers(Gateway(parts), PageServer(page), compiler)
