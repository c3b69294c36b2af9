/** From HOCON to records and back: names, types, ranges, and every problem told at once. */
package io.kohaku.settings.binding;
