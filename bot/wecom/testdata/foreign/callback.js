// Calls the callback as WeCom does, with WeCom's own package for the sealing:
// node callback.js URL TOKEN KEY CORP AGENT TIMESTAMP. Prints a JSON line for each
// call, and fails if an answer cannot be opened.
const { getSignature, encrypt, decrypt } = require('@wecom/crypto');

const [url, token, key, corp, agent, timestamp] = process.argv.slice(2);

// XML of values that WeCom writes: one element each, text or CDATA.
const value = (xml, name) => {
  const m = new RegExp(`<${name}>([\\s\\S]*?)</${name}>`).exec(xml);
  return m && m[1].replace(/<!\[CDATA\[([\s\S]*?)\]\]>/g, '$1');
};
const cdata = (s) => `<![CDATA[${s.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`;

async function call(method, sealed, signedBy = token) {
  const nonce = String(Math.floor(Math.random() * 1e9));
  const q = new URLSearchParams({ msg_signature: getSignature(signedBy, timestamp, nonce, sealed), timestamp, nonce });
  if (method === 'GET') q.set('echostr', sealed);
  const body = method === 'GET' ? undefined
    : `<xml><ToUserName><![CDATA[${corp}]]></ToUserName><Encrypt><![CDATA[${sealed}]]></Encrypt><AgentID><![CDATA[${agent}]]></AgentID></xml>`;
  const res = await fetch(`${url}?${q}`, { method, body });
  return { status: res.status, body: await res.text() };
}

async function say(id, text, signedBy) {
  const inner = `<xml><ToUserName><![CDATA[${corp}]]></ToUserName><FromUserName><![CDATA[Hutou.Filer]]></FromUserName><CreateTime>${timestamp}</CreateTime>`
    + `<MsgType><![CDATA[text]]></MsgType><Content>${cdata(text)}</Content><MsgId>${id}</MsgId><AgentID>${agent}</AgentID></xml>`;
  const res = await call('POST', encrypt(key, inner, corp), signedBy);
  if (res.status !== 200) return { status: res.status, body: res.body };
  const sealed = value(res.body, 'Encrypt');
  const signature = getSignature(token, value(res.body, 'TimeStamp'), value(res.body, 'Nonce'), sealed);
  if (signature !== value(res.body, 'MsgSignature')) throw new Error('signed wrongly');
  const { message, id: to } = decrypt(key, sealed);
  if (to !== corp) throw new Error(`for ${to}`);
  return { status: 200, to: value(message, 'ToUserName'), from: value(message, 'FromUserName'), kind: value(message, 'MsgType'), text: value(message, 'Content') };
}

(async () => {
  const print = (o) => console.log(JSON.stringify(o));
  const echo = await call('GET', encrypt(key, '1288432023552776189', corp));
  print({ status: echo.status, text: echo.body });
  print(await say('1', '行动3次 检查<42>户 & ]]> 好'));
  print(await say('2', '好'.repeat(300)));
  print(await say('3', '在', 'another token'));
})().catch((e) => { console.error(e); process.exit(1); });
