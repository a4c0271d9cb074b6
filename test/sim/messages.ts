/**
 * A plugin of Stryker: leaves the texts for people alone. Their wording is no part of the protocol, so a changed one is no fault; the
 * codes, statuses and decisions around them stay mutated. Only texts are meant: of `message` and of the reasons given to `need`,
 * `refuse`, `no` and `Malformed`.
 */

/** What is used of a node of the syntax tree. */
interface Node {
  type: string;
  name?: string;
  key?: Node;
  id?: Node;
  callee?: Node;
}

interface NodePath {
  node: Node;
  key: string | number | null;
  listKey?: string;
  parent?: Node;
}

/** Functions that take a text for people, and at which place. */
const PLACE: Record<string, number> = { need: 1, refuse: 1, no: 2, Malformed: 0 };

const TEXTS = new Set(["StringLiteral", "TemplateLiteral"]);

function isMessage({ node, key, listKey, parent }: NodePath): boolean {
  if (!TEXTS.has(node.type) || !parent) return false;
  if (parent.type === "ObjectProperty") return key === "value" && parent.key?.name === "message";
  if (parent.type === "VariableDeclarator") return parent.id?.name === "message";
  return listKey === "arguments" && PLACE[parent.callee?.name ?? ""] === key;
}

export const strykerPlugins = [
  {
    kind: "Ignore",
    name: "messages",
    value: { shouldIgnore: (path: NodePath) => (isMessage(path) ? "a text for people" : undefined) },
  },
];
