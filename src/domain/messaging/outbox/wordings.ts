/**
 * The wordings that notices are sent with. A notice has one kind, by which it is planned, budgeted and guarded; its text
 * depends on the account as well: a loan has no minimum, who has a mandate is told the hour of the debit. Templates,
 * their reviews and registrations are of a wording: its name is the kind, or the kind and a variant.
 */
import { PRODUCT_TABLE, type Product } from '../../policy/products';
import { NOTICE_KINDS, type NOTICE_TABLE, type NoticeKind, noticeKind, type TemplateVariable } from './noticeKinds';

type VariantOf<Kind extends NoticeKind> = (typeof NOTICE_TABLE)[Kind] extends { variants: infer Variants }
  ? keyof Variants & string
  : never;

/** That of a kind alone is true of every account; a variant says it better of some. */
export type WordingName = { [Kind in NoticeKind]: Kind | `${Kind}.${VariantOf<Kind>}` }[NoticeKind];

interface Wording {
  kind: NoticeKind;
  /** What a template of it may name: what always has a value there. */
  variables: readonly TemplateVariable[];
}

const WORDINGS = Object.fromEntries(
  NOTICE_KINDS.flatMap((kind): [string, Wording][] => {
    const { variables, variants = {} } = noticeKind(kind);
    const ofVariants = Object.entries(variants).map(([variant, named]): [string, Wording] => [
      `${kind}.${variant}`,
      { kind, variables: named },
    ]);
    return [[kind, { kind, variables }], ...ofVariants];
  }),
) as Record<WordingName, Wording>;

export const WORDING_NAMES = Object.keys(WORDINGS) as [WordingName, ...WordingName[]];

export function noticeKindOf(wording: WordingName): NoticeKind {
  return WORDINGS[wording].kind;
}

export function variablesOfWording(wording: WordingName): readonly TemplateVariable[] {
  return WORDINGS[wording].variables;
}

/** What of an account a wording depends on. */
export interface WordingCase {
  product: Product;
  /** Something that was due before is past due: people are asked for it together. */
  isPastDue: boolean;
  /** What the debit of the due date will take, while it is still ahead. */
  debit: 'due' | 'minimum' | undefined;
}

/** The wordings that are true of the case, the best first and that of the kind last. */
export function wordingsFor(kind: NoticeKind, { product, isPastDue, debit }: WordingCase): WordingName[] {
  const { isBilled } = PRODUCT_TABLE[product];
  const variants: string[] = [];
  if (debit !== undefined) variants.push(!isBilled ? 'loan-debit' : debit === 'due' ? 'debit' : 'debit-minimum');
  if (!isBilled) variants.push('loan');
  if (isPastDue) variants.push('past-due');
  const names = [...variants.map((variant) => `${kind}.${variant}`), kind];
  return names.filter((name): name is WordingName => Object.hasOwn(WORDINGS, name));
}
