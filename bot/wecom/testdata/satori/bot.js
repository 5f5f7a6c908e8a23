// A bot that is none of ours, on the adapter for WeCom of the Satori project, which
// is not changed in anything: node bot.js ENDPOINT CORP AGENT SECRET TOKEN KEY. Prints a
// JSON line with its address when it is online, and a line for each message it hears, which
// it answers with the same words, and with a picture if they ask for one.
const { Context, h } = require('@satorijs/core');
const { default: HTTP } = require('@cordisjs/plugin-http');
const { Server } = require('@cordisjs/plugin-server');
const wecom = require('@satorijs/adapter-wecom');

const [endpoint, corpId, agentId, secret, token, aesKey] = process.argv.slice(2);
const dot = 'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

const app = new Context();
app.plugin(HTTP);
app.plugin(Server, { host: '127.0.0.1', port: 20000 + process.pid % 20000, maxPort: 60000 });
app.plugin(wecom.default ?? wecom.WecomBot, { corpId, agentId, secret, token, aesKey, endpoint, baseURL: endpoint });

const print = (o) => console.log(JSON.stringify(o));
let told = false;
const tell = () => {
  const [bot] = app.bots;
  if (told || !app.server?.port || !bot?.user?.name) return;
  told = true;
  print({ online: `http://127.0.0.1:${app.server.port}/wecom`, name: bot.user.name });
};
app.on('login-updated', tell);
app.on('server/ready', tell);
app.on('message', async (session) => {
  const text = h.select(session.elements, 'text').map((e) => e.attrs.content).join('');
  print({ from: session.userId, id: session.messageId, text });
  await session.bot.sendMessage(session.channelId, text === '图' ? h('image', { src: dot }) : h.text(`收到：${text}`), undefined, { session });
});
process.stdin.resume().on('end', () => process.exit(0)); // whoever started it has gone
app.start();
