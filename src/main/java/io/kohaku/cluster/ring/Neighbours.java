package io.kohaku.cluster.ring;

import io.kohaku.ownership.Closer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The two sockets of one rank in the ring: to the next rank and from the previous one.
 *
 * <p>Every rank opens a port, tells all others host, port and a fresh number, connects to the next
 * and waits for the previous. Each end proves with the run's secret, over the other's number, that
 * it belongs here; whoever else connects is shown out and the wait goes on.
 */
record Neighbours(SocketChannel next, SocketChannel previous, List<String> addresses)
    implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Neighbours.class);
  private static final int PROOF_BYTES = 32;

  /** What a rank says of itself at the rendezvous. */
  private record Invitation(String host, int port, long nonce) {
    String text() {
      return host + " " + port + " " + nonce;
    }

    static Invitation parse(String text) {
      String[] words = text.split(" ");
      return new Invitation(words[0], Integer.parseInt(words[1]), Long.parseLong(words[2]));
    }

    String address() {
      return host + ":" + port;
    }
  }

  static Neighbours meet(
      Rank rank, String host, Rendezvous rendezvous, Secret secret, Duration timeout)
      throws IOException {
    long nonce = new SecureRandom().nextLong();
    try (ServerSocketChannel server = ServerSocketChannel.open().bind(null);
        Closer opening = new Closer()) {
      int port = ((InetSocketAddress) server.getLocalAddress()).getPort();
      List<Invitation> all =
          rendezvous.allGather(new Invitation(host, port, nonce).text()).stream()
              .map(Invitation::parse)
              .toList();
      long deadline = System.nanoTime() + timeout.toNanos();
      Invitation target = all.get(rank.next());
      SocketChannel next = opening.add(connect(rank, target));
      next.write(ByteBuffer.wrap(secret.sign(target.nonce(), rank.index(), rank.next())));
      SocketChannel previous = opening.add(accept(server, rank, secret, nonce, deadline));
      Invitation source = all.get(rank.previous());
      previous.write(ByteBuffer.wrap(secret.sign(source.nonce(), rank.index(), rank.previous())));
      requireProof(next, rank, secret, nonce, deadline);
      opening.release();
      return new Neighbours(next, previous, all.stream().map(Invitation::address).toList());
    }
  }

  private static SocketChannel connect(Rank rank, Invitation target) throws IOException {
    SocketChannel channel = SocketChannel.open();
    try {
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.connect(new InetSocketAddress(InetAddress.getByName(target.host()), target.port()));
      channel.configureBlocking(false);
      return channel;
    } catch (IOException e) {
      channel.close();
      throw new PeerException(
          "Cannot join the ring: rank %s at %s does not answer: %s"
              .formatted(rank.next(), target.address(), e.getMessage()),
          e);
    }
  }

  /** Lets callers in until one proves to be the previous rank; the silent ones do not block it. */
  private static SocketChannel accept(
      ServerSocketChannel server, Rank rank, Secret secret, long nonce, long deadline)
      throws IOException {
    server.configureBlocking(false);
    try (Selector selector = Selector.open()) {
      server.register(selector, SelectionKey.OP_ACCEPT);
      SocketChannel found = null;
      try {
        while (found == null) {
          long millis = (deadline - System.nanoTime()) / 1_000_000;
          if (millis <= 0) {
            throw new PeerException(
                "Cannot join the ring: rank %s did not connect in time".formatted(rank.previous()));
          }
          selector.select(millis);
          found =
              serve(
                  selector,
                  server,
                  proof -> secret.verify(proof, nonce, rank.previous(), rank.index()));
        }
        return found;
      } finally {
        for (SelectionKey key : selector.keys()) {
          if (key.channel() instanceof SocketChannel caller && caller != found) {
            dismiss(caller);
          }
        }
      }
    }
  }

  private static void dismiss(SocketChannel stranger) {
    try {
      stranger.close();
    } catch (IOException e) {
      LOG.warn("Cannot close the connection of a stranger", e);
    }
  }

  private interface Judge {
    boolean proves(byte[] proof);
  }

  private static SocketChannel serve(Selector selector, ServerSocketChannel server, Judge judge)
      throws IOException {
    SocketChannel found = null;
    for (SelectionKey key : selector.selectedKeys()) {
      if (key.isAcceptable()) {
        SocketChannel caller = server.accept();
        if (caller != null) {
          try {
            caller.configureBlocking(false);
            caller.register(selector, SelectionKey.OP_READ, ByteBuffer.allocate(PROOF_BYTES));
          } catch (IOException e) {
            dismiss(caller);
            throw e;
          }
        }
      } else if (found == null) {
        found = hear(key, judge);
      }
    }
    selector.selectedKeys().clear();
    return found;
  }

  /** Reads on; the channel if its proof is complete and right, otherwise null. */
  private static SocketChannel hear(SelectionKey key, Judge judge) throws IOException {
    SocketChannel caller = (SocketChannel) key.channel();
    ByteBuffer proof = (ByteBuffer) key.attachment();
    if (!readSome(caller, proof) || (!proof.hasRemaining() && !judge.proves(proof.array()))) {
      LOG.warn("Showed out a stranger at {}", caller.getRemoteAddress());
      key.cancel();
      dismiss(caller);
      return null;
    }
    return proof.hasRemaining() ? null : caller;
  }

  private static boolean readSome(SocketChannel caller, ByteBuffer proof) {
    try {
      return caller.read(proof) >= 0;
    } catch (IOException e) {
      return false;
    }
  }

  private static void requireProof(
      SocketChannel next, Rank rank, Secret secret, long nonce, long deadline) throws IOException {
    ByteBuffer proof = ByteBuffer.allocate(PROOF_BYTES);
    try (Selector selector = Selector.open()) {
      next.register(selector, SelectionKey.OP_READ);
      while (proof.hasRemaining()) {
        long millis = (deadline - System.nanoTime()) / 1_000_000;
        if (millis <= 0 || !readSome(next, proof)) {
          throw new PeerException(
              "Cannot join the ring: rank %s did not say who it is".formatted(rank.next()));
        }
        if (proof.hasRemaining()) {
          selector.select(millis);
        }
      }
    }
    if (!secret.verify(proof.array(), nonce, rank.next(), rank.index())) {
      throw new PeerException(
          "Cannot join the ring: what answers as rank %s does not know the run's secret"
              .formatted(rank.next()));
    }
  }

  @Override
  public void close() {
    Closer.close(List.of(previous, next));
  }
}
