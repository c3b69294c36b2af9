/** Tests of {@code io.kohaku.tensor.script}. */
package io.kohaku.tensor.script;
