// The developer's door to the contracts: `npx hardhat compile | test | node`. The compiler and its
// settings are those of `python -m scripts.compile`; contracts/compiler.json says both for both.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { defineConfig } from "hardhat/config";

const require = createRequire(import.meta.url);
const compiler = JSON.parse(
  readFileSync(new URL("./contracts/compiler.json", import.meta.url), "utf8"),
);

export default defineConfig({
  solidity: {
    version: compiler.version,
    path: require.resolve("solc/soljson.js"),
    settings: compiler.settings,
    npmFilesToBuild: Object.values(compiler.artifacts).filter((path) => path.startsWith("@")),
  },
  paths: {
    sources: "./contracts",
    tests: { solidity: "./tests/solidity" },
    cache: "./cache/hardhat",
    artifacts: "./cache/artifacts",
  },
  // The same seed as foundry.toml, and as few runs; `make verify` runs the tests long, by forge.
  test: {
    solidity: {
      fuzz: { runs: 64, seed: "0xc0c0" },
      invariant: { runs: 16, depth: 64 },
    },
  },
});
