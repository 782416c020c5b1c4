/**
 * Where a text becomes known to a provider before it is sent. Cloud providers take registered templates alone and
 * review each; `sink`, SMPP and HTTP gateways take free text and need none (facts 3.1, 3.2).
 */

export interface RegistrableTemplate {
  /** Ours, such as `demo-due-soon-3`: a repeat of a submission is found by it. */
  name: string;
  /** With variables as {name}; the adapter writes them as its provider does. */
  body: string;
  /** Without 【】. */
  signature: string;
}

export type RegistrationAnswer =
  | { status: 'not-needed' }
  | { status: 'pending' | 'approved'; code: string }
  /** The reason as the provider gives it. */
  | { status: 'rejected'; code?: string | undefined; reason: string };

export interface TemplateRegistrar {
  /** Name of the provider, as in the list of providers. */
  readonly provider: string;
  /** Submits a template; where one of the name is there already, answers what became of it. Throws without an answer. */
  submit(template: RegistrableTemplate): Promise<RegistrationAnswer>;
  /**
   * What became of a submission, by the provider's code; rejected where the provider has another wording under it.
   * Throws without an answer.
   */
  status(code: string, template: RegistrableTemplate): Promise<RegistrationAnswer>;
}

/** Providers of this project that take free text. */
const FREE_TEXT_PROVIDERS = ['sink', 'smpp', 'http-gateway'] as const;

function createFreeTextRegistrar(provider: string): TemplateRegistrar {
  const answer = async () => ({ status: 'not-needed' }) as const;
  return { provider, submit: answer, status: answer };
}

/** The registrar of a provider: one that was given, or that of free text; undefined for a name that nobody knows. */
export function registrarOf(
  provider: string,
  registrars: readonly TemplateRegistrar[] = [],
): TemplateRegistrar | undefined {
  const given = registrars.find((each) => each.provider === provider);
  const isFree = (FREE_TEXT_PROVIDERS as readonly string[]).includes(provider);
  return given ?? (isFree ? createFreeTextRegistrar(provider) : undefined);
}
