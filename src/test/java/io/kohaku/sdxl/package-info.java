/** Tests of the frozen networks. */
package io.kohaku.sdxl;
