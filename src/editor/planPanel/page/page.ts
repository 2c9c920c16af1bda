import { Announcer } from './announcer.ts';
import { element } from './element.ts';
import { HostPort } from './hostPort.ts';
import { PlanPage } from './planPage.ts';
import type { HostMessage, PageStrings } from '../messages.ts';

const announcer = new Announcer();
const notice = element('div', { class: 'notice' });
const place = element('div', { class: 'place' });
document.body.append(place, notice, announcer.element);

let page: PlanPage | undefined;
let strings: PageStrings | undefined;
const port = new HostPort(receive);
port.send({ type: 'ready' });

function receive(message: HostMessage): void {
  switch (message.type) {
    case 'start':
      strings = message.strings;
      page = new PlanPage(message, port, announcer);
      place.replaceChildren(page.element);
      break;
    case 'notice':
      tellNotice(message.text, message.canReadAgain);
      break;
    case 'plan':
      notice.replaceChildren();
      page?.show(message.plan, message.window, message.told);
      requestAnimationFrame(() => performance.mark('plan painted'));
      break;
    case 'rows':
      page?.add(message.window);
      break;
    case 'details':
      page?.showDetails(message.details);
      break;
    case 'said':
      announcer.say(message.text);
      break;
    case 'keep':
      break;
  }
  // After the port has counted the answer.
  queueMicrotask(() => page?.settle());
}

function tellNotice(text: string, canReadAgain: boolean): void {
  const button = element('button', { type: 'button' }, strings?.readAgain ?? '');
  button.addEventListener('click', () => port.send({ type: 'readAgain' }));
  notice.replaceChildren(element('p', {}, text), ...(canReadAgain ? [button] : []));
  announcer.say(text);
}
