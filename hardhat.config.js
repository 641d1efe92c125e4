// The developer's door to the contracts: `npx hardhat compile | test | node`. The compiler and its
// settings are those of `python -m scripts.compile`; contracts/compiler.json says both for both.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { defineConfig } from "hardhat/config";

const require = createRequire(import.meta.url);
const compiler = JSON.parse(
  readFileSync(new URL("./contracts/compiler.json", import.meta.url), "utf8"),
);

const built = { version: compiler.version, path: require.resolve("solc/soljson.js") };
const { viaIR, ...quick } = compiler.settings;
const deployed = Object.values({ ...compiler.artifacts, ...compiler.mocks });

export default defineConfig({
  solidity: {
    // The IR pipeline takes minutes over tests, which know the contracts by their interfaces; only
    // what is deployed goes through it.
    compilers: [{ ...built, settings: quick }],
    overrides: Object.fromEntries(
      deployed.map((path) => [path, { ...built, settings: compiler.settings }]),
    ),
    npmFilesToBuild: deployed.filter((path) => path.startsWith("@")),
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
