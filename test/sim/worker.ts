/** A thread that runs one seed after the other. */
import { parentPort } from "node:worker_threads";
import { type Options, run } from "./run.ts";

parentPort?.on("message", (options: Options) => parentPort?.postMessage({ seed: options.seed, ...run(options) }));
