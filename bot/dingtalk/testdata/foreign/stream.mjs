// DingTalk's own client for Node, as it is but for the address, against an imitation of
// the gateway: node stream.mjs URL CLIENT_ID CLIENT_SECRET. Prints a JSON line for each
// thing that it has seen; the other side says when, and closes the standard input.
import axios from 'axios';
import { DWClient, EventAck } from 'dingtalk-stream';

const [base, clientId, clientSecret] = process.argv.slice(2);
const print = (what, more) => process.stdout.write(JSON.stringify({ what, ...more }) + '\n');
console.info = console.warn = () => {};

// The address is a constant of the package.
axios.interceptors.request.use((config) => {
  config.url = config.url.replace('https://api.dingtalk.com', base);
  return config;
});
axios.interceptors.response.use((r) => r, (e) => {
  print('refused', { status: e.response?.status, code: e.response?.data?.code });
  return Promise.reject(e);
});

const wrong = new DWClient({ clientId, clientSecret: 'wrong', autoReconnect: false });
await wrong.connect();

const client = new DWClient({ clientId, clientSecret, keepAlive: true });
client.heartbeat_interval = 100;
client.reconnectInterval = 10;
client.registerCallbackListener('/v1.0/im/bot/messages/get', (res) => {
  const m = JSON.parse(res.data);
  print('robot', { id: m.msgId, kind: m.msgtype, text: m.text?.content, from: m.senderStaffId, talk: m.conversationType, time: typeof res.headers.time });
  client.socketCallBackResponse(res.headers.messageId, { ok: true });
});
client.registerCallbackListener('/v1.0/card/instances/callback', (res) => {
  const c = JSON.parse(res.data);
  print('card', { card: c.outTrackId, user: c.userId, actions: JSON.parse(c.content).cardPrivateData.actionIds });
  client.socketCallBackResponse(res.headers.messageId, { cardData: { cardParamMap: { status: 'submitted' } } });
});
client.registerAllEventListener((e) => {
  print('event', { kind: e.headers.eventType, data: JSON.parse(e.data) });
  return { status: e.headers.eventType === 'later' ? EventAck.LATER : EventAck.SUCCESS, message: 'success' };
});
await client.connect();
print('connected');
process.stdin.on('data', () => {});
process.stdin.on('end', () => process.exit(0));
