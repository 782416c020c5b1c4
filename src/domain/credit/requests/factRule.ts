/** What is said of one kind of fact: what it does to an account, and why it is not taken. */

import type { LendingPolicy, Product } from '../../policy/lendingPolicy';
import type { DerivedAccount } from '../account';
import type { CashLoanState } from '../cashLoan/cashLoanState';
import type { FactKind, FactOf, ProductsOf, UndatedFact } from '../factKinds';
import type { Fact } from '../facts';
import type { ChangeRefusal } from '../references';
import type { RevolvingState } from '../revolving/revolvingState';

/** What the fold of a product works on. */
export interface FoldStates {
  'cash-loan': CashLoanState;
  revolving: RevolvingState;
}

/** What a fact is judged by when it is asked for. */
export interface Grounds {
  /** As it is without the fact. */
  account(): DerivedAccount;
  policy: LendingPolicy;
  /** What the fact names, and the facts that name the same. */
  related: readonly Fact[];
}

export interface FactRule<Kind extends FactKind> {
  folds: { [Each in ProductsOf<Kind>]: (state: FoldStates[Each], fact: FactOf<Kind>) => void };
  /** Why the product does not take what a message says, in one sentence. */
  misplaced?: (content: Extract<UndatedFact, { kind: Kind }>, product: Product) => string | undefined;
  /**
   * Reasons against a fact that was asked for; what happened by itself, such as a payment, has none. `by-step`: it takes
   * more than these grounds, and the step asks (activities/credit/recordRequests.ts).
   */
  refusals: 'none' | 'by-step' | ((fact: FactOf<Kind>, grounds: Grounds) => ChangeRefusal[]);
}
