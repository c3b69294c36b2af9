/** Tests of {@code io.kohaku.settings.binding}. */
package io.kohaku.settings.binding;
