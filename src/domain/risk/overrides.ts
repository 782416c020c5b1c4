/**
 * Overrides (人工推翻): a person decides otherwise than the rules do on the same figures. Low-side: approved what the rules
 * would not; high-side: declined what they would approve. What becomes of the credit says whether that was wise.
 */
import type { Assessment } from './assessment';

export type OverrideSide = 'agrees' | 'low-side' | 'high-side';

export function overrideOf(word: 'approve' | 'decline', rules: Assessment['outcome']): OverrideSide {
  if (word === 'approve') return rules === 'approved' ? 'agrees' : 'low-side';
  return rules === 'approved' ? 'high-side' : 'agrees';
}
