/** `--card`: a card that comes with the code, by its name, or a file of one. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { RiskCard } from '../../domain/risk/cards/card';
import { SHIPPED_CARDS } from '../../domain/risk/cards/shippedCards';
import { parseRiskCard, RiskCardError } from '../../platform/policy/riskCardSchema';
import { ArgumentError } from '../arguments';

/** Throws {@link ArgumentError} where there is no such card, or what is there is none. */
export function cardOf(name: string): RiskCard {
  const shipped = SHIPPED_CARDS[name];
  try {
    return parseRiskCard(shipped ?? JSON.parse(readFileSync(name, 'utf8')));
  } catch (error) {
    if (error instanceof RiskCardError) throw new ArgumentError(`--card ${name}: ${error.message}`);
    if (error instanceof SyntaxError) throw new ArgumentError(`--card ${name} is not JSON: ${error.message}`);
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    const known = Object.keys(SHIPPED_CARDS).join(', ');
    throw new ArgumentError(`--card ${resolve(name)} cannot be read: ${code}; give ${known}, or the file of a card`);
  }
}
