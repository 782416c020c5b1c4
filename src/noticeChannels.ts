/** E-mail and push as the configuration names them; a channel that it does not name is absent. */

import type { MailChannel, PushChannel } from './channels/port';
import { createPushGateway } from './channels/pushGateway';
import { createSmtpMail } from './channels/smtpMail';
import type { ChannelSettings } from './config/channels';

export interface NoticeChannels {
  mail: MailChannel | undefined;
  push: PushChannel | undefined;
}

export function createNoticeChannels({ email, push }: ChannelSettings): NoticeChannels {
  return {
    mail: email && createSmtpMail(email),
    push: push && createPushGateway({ ...push, now: () => Date.now() }),
  };
}
