"""The configuration documents that DCP's programs fetch before all else (dcp.md 2.1 to 2.3).

`base_url` is the gateway's address as the client wrote it, without a slash at its end.
"""

from collections.abc import Mapping

from meshnode.node.dcp import kvin
from meshnode.node.dcp.json_text import dumps
from meshnode.node.dcp.kvin import KvinValue, Url

SERVICES: Mapping[str, str] = {
    name: f"/{name}/"
    for name in (
        "jobSubmit",
        "resultSubmitter",
        "taskDistributor",
        "eventRouter",
        "computeGroups",
        "pheme",
        "soteria",
        "bankTeller",
        "packageManager",
    )
}
"""Services of a scheduler, its bank and its package manager, and a path for each: clients tell them apart by path."""

_ELSEWHERE = ("bankTeller", "packageManager")
"""Services that do not stand below the scheduler in the configuration."""
_PLACES = ("portal", "cdn", "pxAuth", "oAuth")
"""Sites of DCP's that clients want to know and do not ask here."""


def config_kvin(base_url: str, services: Mapping[str, str], version: str) -> str:
    """Give the body of `GET /etc/dcp-config.kvin?ver=version`: KVIN v8 for 2.0.x (dcp-client 4.4), else v9."""
    kvin_version = kvin.VERSION_OLD if version.startswith("2.0.") else kvin.VERSION
    return kvin.encode(_config(base_url, services), kvin_version)


def config_js(base_url: str, services: Mapping[str, str]) -> str:
    """Give the body of `GET /etc/dcp-config.js`: a script whose value is the configuration."""
    config = _script(_config(base_url, services))
    return (
        f"(function(){{var config={config};"
        "globalThis.dcpConfig=Object.assign(globalThis.dcpConfig||{},config);return config;})()\n"
    )


def _config(base_url: str, services: Mapping[str, str]) -> Mapping[str, KvinValue]:
    def location(path: str) -> dict[str, KvinValue]:
        return {"location": Url(f"{base_url}{path}", is_dcp=True)}

    scheduled: dict[str, KvinValue] = {
        name: location(path) for name, path in services.items() if name not in _ELSEWHERE
    }
    if "taskDistributor" in services:
        tuning: KvinValue = {"targetTaskDuration": 300}
        scheduled["taskDistributor"] = {**location(services["taskDistributor"]), "tuning": tuning}
    teller = services.get("bankTeller", SERVICES["bankTeller"])
    packages = services.get("packageManager", SERVICES["packageManager"])
    return {
        "scheduler": {
            **location("/"),
            "compatibility": {
                "minimum": {"dcp": "^5.0.0"},
                "operations": {"compute": "^1.0.0", "work": "1.0.0"},
            },
            "services": scheduled,
        },
        "bank": {**location("/bank/"), "services": {"bankTeller": location(teller)}},
        "packageManager": location(packages),
        **{name: location(f"/{name}/") for name in _PLACES},
        "job": {
            "maxDeployTime": 120,
            "deployAttempts": 3,
            "deployCloseTimeout": 10_000,
            "uploadSlicesTarget": 1_000_000,
            "uploadSlicesCeiling": 5_000_000,
            "uploadIncreaseFactor": 2,
            "uploadInitialNumberOfSlices": 10,
            "sliceUploadErrorTolerance": 3,
            "modules": {},
        },
        "eventSubscriber": {"seenListSize": 100},
        "dcp": {
            "connectionOptions": {
                "default": {
                    "connectTimeout": 60,
                    "identityUnlockTimeout": 300,
                    "lingerTimeout": 600,
                    "transports": ["socketio"],
                    "allowBatch": False,  # within batches clients leave out what signs a payment
                }
            }
        },
    }


def _script(value: KvinValue) -> str:
    """Write plain data as JavaScript; URLs are objects of their class."""
    if isinstance(value, Url):
        return f"new URL({dumps(value.href)})"
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{dumps(key)}:{_script(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(_script(element) for element in value) + "]"
    assert value is None or isinstance(value, bool | int | float | str)
    return dumps(value)
