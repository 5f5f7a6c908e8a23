// Calls the robot's callback as WeCom does, sealed by WeCom's own package:
// node webhook.js URL TOKEN KEY TIMESTAMP. Prints a JSON line for each answer.
const { WecomCrypto } = require('@wecom/aibot-node-sdk');

const [url, token, key, timestamp] = process.argv.slice(2);
const sealer = new WecomCrypto(token, key, '');

async function call(method, plain) {
  const nonce = String(Math.floor(Math.random() * 1e9));
  const { encrypt, signature } = sealer.encrypt(plain, timestamp, nonce);
  const q = new URLSearchParams({ msg_signature: signature, timestamp, nonce });
  if (method === 'GET') q.set('echostr', encrypt);
  const res = await fetch(`${url}?${q}`, { method, body: method === 'GET' ? undefined : JSON.stringify({ encrypt }) });
  const text = await res.text();
  if (method === 'GET' || res.status !== 200 || text === '') return { status: res.status, text };
  const a = JSON.parse(text);
  if (a.nonce !== nonce || !sealer.verifySignature(a.msgsignature, String(a.timestamp), a.nonce, a.encrypt)) throw new Error('signed wrongly');
  return { status: res.status, ...JSON.parse(sealer.decrypt(a.encrypt)) };
}

(async () => {
  console.log(JSON.stringify(await call('GET', '1288432023552776189')));
  console.log(JSON.stringify(await call('POST', JSON.stringify({ msgid: 'm1', aibotid: 'b', chattype: 'single', from: { userid: 'Hutou.Filer' }, msgtype: 'text', text: { content: '在吗' } }))));
})().catch((e) => { console.error(e); process.exit(1); });
