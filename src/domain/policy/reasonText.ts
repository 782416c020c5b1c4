/** The words of a reason code. */
export interface ReasonText {
  en: string;
  zh: string;
}
