import type { Connection } from "@temporalio/client";
import { UserError } from "../../../errors.ts";

/** Temporal's types of search attributes, by name, with the number of its API (temporal.api.enums.v1.IndexedValueType). */
export const searchAttributeTypes: Readonly<Record<string, number>> = {
  Text: 1,
  Keyword: 2,
  Int: 3,
  Double: 4,
  Bool: 5,
  Datetime: 6,
  KeywordList: 7,
};

/**
 * Adds to a Temporal namespace the search attributes that it does not have.
 *
 * @param wanted Their types by name.
 * @throws UserError when one exists with another type
 */
export async function addSearchAttributes(
  connection: Connection,
  namespace: string,
  wanted: Readonly<Record<string, string>>,
): Promise<void> {
  if (Object.keys(wanted).length === 0) return;
  const existing = await connection.operatorService.listSearchAttributes({ namespace });
  const { missing, problems } = compareSearchAttributes(wanted, existing.customAttributes ?? {});
  if (problems.length > 0) {
    throw new UserError(
      `The search attributes of the Temporal namespace \`${namespace}\` cannot be applied.`,
      problems,
    );
  }
  if (Object.keys(missing).length > 0) {
    await connection.operatorService.addSearchAttributes({ namespace, searchAttributes: missing });
  }
}

/** What has to be added, and what exists with another type: Temporal cannot change a search attribute's type. */
function compareSearchAttributes(
  wanted: Readonly<Record<string, string>>,
  existing: Readonly<Record<string, number | null | undefined>>,
): { missing: Record<string, number>; problems: string[] } {
  const missing: Record<string, number> = {};
  const problems: string[] = [];
  for (const [name, typeName] of Object.entries(wanted)) {
    const type = searchAttributeTypes[typeName];
    const has = existing[name];
    if (type === undefined) {
      problems.push(
        `\`${name}\` has the type \`${typeName}\`. Choose one of ${Object.keys(searchAttributeTypes).join(", ")}.`,
      );
    } else if (has === undefined || has === null) {
      missing[name] = type;
    } else if (has !== type) {
      const hasName = Object.entries(searchAttributeTypes).find(([, value]) => value === has)?.[0] ?? String(has);
      problems.push(
        `\`${name}\` exists with the type \`${hasName}\`, not \`${typeName}\`. Give the new one another name.`,
      );
    }
  }
  return { missing, problems };
}
