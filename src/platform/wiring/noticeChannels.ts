/** E-mail and push as the configuration names them; a channel that it does not name is absent. */

import { withCircuitBreaker } from '../../adapters/channels/circuitBreaker';
import type { MailChannel, PushChannel } from '../../adapters/channels/port';
import { createPushGateway } from '../../adapters/channels/pushGateway';
import { createSmtpMail } from '../../adapters/channels/smtpMail';
import type { ChannelSettings } from '../config/channels';

export interface NoticeChannels {
  mail: MailChannel | undefined;
  push: PushChannel | undefined;
}

export function createNoticeChannels({ email, push }: ChannelSettings): NoticeChannels {
  return { mail: email && mailOf(email), push: push && pushOf(push) };
}

function mailOf(settings: NonNullable<ChannelSettings['email']>): MailChannel {
  const mail = createSmtpMail(settings);
  return { ...mail, send: withCircuitBreaker(mail.send) };
}

function pushOf(settings: NonNullable<ChannelSettings['push']>): PushChannel {
  return { send: withCircuitBreaker(createPushGateway({ ...settings, now: () => Date.now() }).send) };
}
