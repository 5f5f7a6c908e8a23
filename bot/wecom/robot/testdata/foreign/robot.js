// WeCom's own client for Node, as it is, against an imitation of WeCom's server:
// node robot.js WSURL BOT SECRET. Prints a JSON line for each thing that it has
// seen; the other side says when, over the standard input.
const { WSClient } = require('@wecom/aibot-node-sdk');
const crypto = require('crypto');

const [wsUrl, botId, secret] = process.argv.slice(2);
const print = (what, more) => console.log(JSON.stringify({ what, ...more }));
const logger = { debug() {}, info() {}, warn() {}, error() {} };
const fast = { wsUrl, botId, logger, heartbeatInterval: 1000, reconnectInterval: 10 };

const wrong = new WSClient({ ...fast, secret: 'wrong', maxAuthFailureAttempts: 1 });
wrong.on('error', (e) => {
  if (e.message.includes('853000')) print('refused');
});
wrong.connect();

const client = new WSClient({ ...fast, secret });
client.on('authenticated', () => print('authenticated'));
client.on('disconnected', () => print('disconnected'));
client.on('error', (e) => print('error', { message: e.message }));
const failed = (what) => (e) => print(what, { errcode: e.errcode, message: e.message });

client.on('message.text', async (frame) => {
  print('text', { from: frame.body.from.userid, chattype: frame.body.chattype, content: frame.body.text.content });
  if (frame.body.text.content === 'bad') {
    await client.sendMessage('stranger', { msgtype: 'markdown', markdown: { content: 'x' } }).catch(failed('stranger'));
    await client.reply({ headers: { req_id: 'made up' } }, { msgtype: 'markdown', markdown: { content: 'x' } }).catch(failed('made up'));
    const card = { card_type: 'text_notice', main_title: { title: 'x' }, task_id: 't' };
    await client.replyTemplateCard(frame, card).catch(failed('card'));
    return;
  }
  await client.replyStream(frame, 'stream-1', '想', false);
  await client.replyStream(frame, 'stream-1', '想好了', true);
  await client.sendMessage(frame.body.from.userid, { msgtype: 'markdown', markdown: { content: '**推送**' } });
  await client.sendMessage(frame.body.from.userid, { msgtype: 'template_card', template_card: {
    card_type: 'button_interaction', main_title: { title: '卡片' }, task_id: 'task-1', button_list: [{ text: '好', style: 1, key: 'good' }] } });
  const bytes = crypto.randomBytes(700 * 1024); // two chunks
  const up = await client.uploadMedia(bytes, { type: 'file', filename: '通报.bin' });
  print('uploaded', { sha: crypto.createHash('sha256').update(bytes).digest('hex'), id: up.media_id });
  await client.sendMediaMessage(frame.body.from.userid, 'file', up.media_id);
  print('said');
});
client.on('event.enter_chat', async (frame) => {
  await client.replyWelcome(frame, { msgtype: 'text', text: { content: '欢迎' } });
  print('welcomed');
});
client.on('event.template_card_event', async (frame) => {
  const e = frame.body.event.template_card_event || frame.body.event;
  await client.updateTemplateCard(frame, { card_type: 'text_notice', main_title: { title: '已选' }, task_id: e.task_id,
    card_action: { type: 1, url: 'https://work.weixin.qq.com/' } });
  print('updated', { key: e.event_key });
});
client.on('event.disconnected_event', () => print('kicked'));
client.connect();
process.stdin.on('data', () => process.exit(0));
process.stdin.on('end', () => process.exit(0));
