// The same chain is named 25 times: that lifts Ponder's own limit of questions per endpoint.
import { createConfig } from "ponder";

const abi = [
  {
    type: "event",
    name: "Transfer",
    inputs: [
      { name: "from", type: "address", indexed: true },
      { name: "to", type: "address", indexed: true },
      { name: "value", type: "uint256", indexed: false },
    ],
  },
] as const;

export default createConfig({
  database: { kind: "postgres", connectionString: process.env.DATABASE_URL! },
  chains: { bench: { id: 20260, rpc: Array(25).fill(process.env.RPC_URL!), ws: process.env.WS_URL } },
  contracts: {
    Transfers: {
      abi,
      chain: "bench",
      address: process.env.CONTRACT as `0x${string}`,
      startBlock: Number(process.env.START_BLOCK ?? 1),
    },
  },
});
