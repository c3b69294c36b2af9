/**
 * What a file of metadata is packed in, told by its bytes: in go the bytes of one file, out come
 * the texts in it, however many layers and members it has. What is no packing that a kept library
 * reads comes out as it is, so that its reader can say what it seems to be.
 */
package io.kohaku.post.unpack;
