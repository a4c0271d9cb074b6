import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** From the quickest to find a fault to the slowest. */
const ORDER = ["/test/unit/", "/test/client/", "/test/sim/"];
const rank = ({ moduleId }: TestSpecification) => ORDER.findIndex((folder) => moduleId.includes(folder));

class QuickFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return files.toSorted((a, b) => rank(a) - rank(b) || (a.moduleId < b.moduleId ? -1 : 1));
  }
}

/** The tests that run against a changed `src/chat`: all that are fast, so not the exhaustive ones, and not those that read the sources or the built page as text. */
export default defineConfig({
  test: {
    name: "unit",
    include: ["test/{unit,sim,client}/**/*.test.ts"],
    exclude: ["test/unit/{rules,built}.test.ts", "test/sim/explore/**"],
    env: { SEEDS: process.env.SEEDS ?? "10" },
    // The tests share nothing, and a world of its own for each file takes longer than most files.
    isolate: false,
    sequence: { sequencer: QuickFirst },
  },
});
