/** The page is built once, before any test starts a server: then no two of them build it at the same time. */
import { buildPage } from "../../client/web/build.ts";

export const setup = buildPage;
