#!/usr/bin/env node
// Starts the command line. Written so that an old Node can read it and say what is wrong.
'use strict';
var major = Number(process.versions.node.split('.')[0]);
if (major < 22) {
  process.stderr.write(
    'phasegate needs Node 22 or newer, and this is ' +
      process.version +
      ': install a newer Node and run the command again\n',
  );
  process.exit(64);
}
var nodeModule = require('node:module');
if (nodeModule.enableCompileCache) nodeModule.enableCompileCache();
require('../dist/cli.js');
