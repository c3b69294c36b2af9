package io.kohaku.post;

/**
 * A reason with what made it so.
 *
 * @param detail for people, naming the value
 */
public record Reject(Reason reason, String detail) {}
