/** Which layers are adapted, and what is special about some of them, as LyCORIS presets say it. */
package io.kohaku.lokr.preset;
