/** Champion beside challenger: on the same cases, whom each would approve, where they differ, and what became of the credit. */
export interface ComparedCards {
  champion: string;
  challenger: string;
  decisions: number;
  championApproved: number;
  challengerApproved: number;
  /** One would approve, the other not. */
  disagreements: number;
  /** By the score that each gave, in bands of {@link BAND_POINTS}; of credits that were opened. */
  outcomes: { card: 'champion' | 'challenger'; fromPoints: number; decisions: number; opened: number; bad: number }[];
}

export const BAND_POINTS = 20;
