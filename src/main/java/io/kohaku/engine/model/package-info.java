/**
 * What the model's files say of themselves, asked before anything is started: whether they are
 * SDXL's, and what their networks predict. Only headers are read, on the driver.
 */
package io.kohaku.engine.model;
