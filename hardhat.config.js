// The same contracts with the same compiler and settings as `python -m scripts.compile`, for
// developers who work with Hardhat; contracts/compiler.json says both for both.
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
  paths: { sources: "./contracts", cache: "./cache/hardhat", artifacts: "./cache/artifacts" },
});
