'use strict';

exports.shout = (text) => `${text.toUpperCase()}!`;
