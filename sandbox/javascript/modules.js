/* Modules */
(mesh) => { 'use strict'; mesh.openModules = () => {}; }
