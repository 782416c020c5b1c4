/** What a check finds in a notice text. */
import type { WordRule } from './templateWords';

export type TemplateRule =
  | WordRule['rule']
  | 'PHONE_NUMBER'
  | 'FOREIGN_LETTERS'
  | 'HIDDEN_SIGN'
  | 'SIGNATURE'
  | 'SIGNATURE_BRACKETS'
  | 'VARIABLE_UNKNOWN'
  | 'VARIABLE_OF_OTHER_KIND'
  | 'VARIABLES_ADJACENT'
  | 'VARIABLES_ONLY'
  | 'BRACES'
  | 'LENGTH'
  | 'PARTS'
  | 'COST';

export interface TemplateFinding {
  rule: TemplateRule;
  /** The words as they stand in the text. */
  words: string;
  /** Why, with its source. */
  why: string;
  fix: string;
}
