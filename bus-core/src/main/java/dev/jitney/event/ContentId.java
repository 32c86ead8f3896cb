// SPDX-License-Identifier: Apache-2.0
package dev.jitney.event;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.UUID;

/**
 * The id that follows from what an event says (EVT-3): a UUID of version 5 (SHA-1, RFC 9562) over
 * the canonical JSON of {@code [source, topic, payload]}. An event without payload leaves the last
 * element out; bytes are {@code [source, topic, null, base64]}, which no JSON payload can equal.
 */
final class ContentId {

    // The name space of Jitney's content ids, drawn once for ever.
    private static final UUID NAMESPACE = UUID.fromString("5f0c2d1e-6a0b-4c51-9d0a-0e7c1b9a4f37");

    private ContentId() {}

    static String of(Event event) {
        String source = event.source();
        if (source == null) {
            throw new IllegalStateException(
                    "Event '"
                            + event.topic()
                            + "' has no source, so it has no content id. Give it one with"
                            + " withSource.");
        }
        return of(source, event);
    }

    static String of(String source, Event event) {
        PayloadMapper mapper = StandardMapper.INSTANCE;
        byte[] name = mapper.canonical(mapper.encode(Arrays.asList(parts(source, event))));
        byte[] hash;
        try {
            MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
            sha1.update(
                    ByteBuffer.allocate(16)
                            .putLong(NAMESPACE.getMostSignificantBits())
                            .putLong(NAMESPACE.getLeastSignificantBits())
                            .flip());
            hash = sha1.digest(name);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-1, but this one has not.", e);
        }
        ByteBuffer bits = ByteBuffer.wrap(hash);
        long high = bits.getLong() & ~0xf000L | 0x5000L;
        long low = bits.getLong() & 0x3fff_ffff_ffff_ffffL | 0x8000_0000_0000_0000L;
        return new UUID(high, low).toString();
    }

    private static Object[] parts(String source, Event event) {
        if (!event.hasPayload()) {
            return new Object[] {source, event.topic()};
        }
        if (event.payload() instanceof byte[] bytes) {
            String base64 = Base64.getEncoder().encodeToString(bytes);
            return new Object[] {source, event.topic(), null, base64};
        }
        return new Object[] {source, event.topic(), event.payload()};
    }
}
