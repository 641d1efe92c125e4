"""The only door to the chain: RPC, blocks, logs, finality, artifacts, deployments."""
