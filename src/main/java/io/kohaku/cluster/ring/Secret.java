package io.kohaku.cluster.ring;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A key that the driver makes for one run; it travels inside the tasks and never over a ring. */
public final class Secret implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final String ALGORITHM = "HmacSHA256";
  private static final int BYTES = 32;

  private final byte[] key;

  private Secret(byte[] key) {
    this.key = key;
  }

  /** A fresh key from the system's secure generator. */
  public static Secret random() {
    byte[] key = new byte[BYTES];
    new SecureRandom().nextBytes(key);
    return new Secret(key);
  }

  /** Proof that the sender knows the key: HMAC-SHA256 over the number given and both ranks. */
  byte[] sign(long nonce, int from, int to) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key, ALGORITHM));
      return mac.doFinal(ByteBuffer.allocate(16).putLong(nonce).putInt(from).putInt(to).array());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Cannot sign a handshake: " + e.getMessage(), e);
    }
  }

  /** Whether the proof is right, in constant time. */
  boolean verify(byte[] proof, long nonce, int from, int to) {
    return MessageDigest.isEqual(proof, sign(nonce, from, to));
  }

  @Override
  public String toString() {
    return "Secret";
  }
}
