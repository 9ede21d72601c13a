// Makes an identity and an account with the client's own wallet, without passphrases, in $HOME/.dcp, offline:
// HOME=… DCP_CONFIG_LOCATION= node scripts/make_keystores.js
'use strict';

const fs = require('fs');
const path = require('path');

async function main() {
  const wallet = require('dcp/wallet');
  const folder = path.join(process.env.HOME, '.dcp');
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  const keystores = { id: await new wallet.IdKeystore(null, ''), default: await new wallet.BankAccountKeystore(null, '') };
  const addresses = {};
  for (const [name, keystore] of Object.entries(keystores)) {
    fs.writeFileSync(path.join(folder, `${name}.keystore`), JSON.stringify(keystore), { mode: 0o600 });
    addresses[name] = String(keystore.address).toLowerCase();
  }
  console.log(JSON.stringify(addresses));
}

require('dcp-client').init().then(main);
