/** Tests of what a machine computes on. */
package io.kohaku.device;
