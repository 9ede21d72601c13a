'use strict';

const { shout } = require('./shout');

exports.greet = (name) => shout(`hello ${name}`);
