"""The mesh as the rest of the node sees it: peers, requests, channels, topics and blobs behind one port.

Only `libp2p_host` imports libp2p and trio, and only the daemon imports `libp2p_host`; everybody else writes against
`port` and tests against `memory`.
"""
