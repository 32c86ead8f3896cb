// SPDX-License-Identifier: Apache-2.0
package dev.jitney.proof;

import dev.jitney.spi.PayloadCodec;
import dev.jitney.spi.PluginContext;
import dev.jitney.tck.PayloadCodecContract;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class CodecContractProofTest {

    @TempDir private Path scratch;

    private record Point(int x, int y) {}

    /** Writes points, with some white space. */
    private static class Sound implements PayloadCodec {

        private static final Pattern NUMBER = Pattern.compile("\"([xy])\" ?: ?(-?[0-9]+)");

        @Override
        public boolean supports(Class<?> type) {
            return type == Point.class;
        }

        @Override
        public byte[] encode(Object value) {
            Point point = (Point) value;
            return bytes("{ \"x\" : %d, \"y\": %d }".formatted(point.x(), point.y()));
        }

        @Override
        public Object decode(byte[] json, Type type) {
            int x = 0;
            int y = 0;
            Matcher numbers = NUMBER.matcher(new String(json, StandardCharsets.UTF_8));
            while (numbers.find()) {
                int number = Integer.parseInt(numbers.group(2));
                x = numbers.group(1).equals("x") ? number : x;
                y = numbers.group(1).equals("y") ? number : y;
            }
            return new Point(x, y);
        }

        static byte[] bytes(String text) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
    }

    private static final class Contract extends PayloadCodecContract {

        private final Supplier<PayloadCodec> codec;

        private Contract(Supplier<PayloadCodec> codec) {
            this.codec = codec;
        }

        @Override
        protected PayloadCodec open(PluginContext context) {
            return codec.get();
        }

        @Override
        protected List<Object> samples() {
            return List.of(new Point(1, -2), new Point(0, 0));
        }
    }

    @Test
    @DisplayName("EVT-7 a codec in order passes its contract")
    void aCodecInOrderPasses() throws Exception {
        new ContractRunner(scratch).passes(() -> new Contract(Sound::new), 6);
    }

    @TestFactory
    Stream<DynamicTest> aCodecThatBreaksARuleIsFound() {
        ContractRunner.Faults<Supplier<PayloadCodec>> all = new ContractRunner.Faults<>();
        all.add("supports a class once", "supportsItsSamples", Once::new);
        all.add("writes no JSON", "writesOneJsonValue", Textual::new);
        all.add("writes null", "writesOneJsonValue", Null::new);
        all.add("needs its own white space", "readsBackWhatItHasWritten", Spaced::new);
        all.add("reads something else", "readsBackWhatItHasWritten", Turned::new);
        all.add("refuses unknown keys", "passesOverUnknownKeys", Strict::new);
        all.add("gives out one array", "sharesNothing", Shared::new);
        all.add("works for one thread at a time", "servesSeveralThreads", Single::new);
        return new ContractRunner(scratch).finds(all, Contract::new);
    }

    private static final class Once extends Sound {
        private boolean asked;

        @Override
        public boolean supports(Class<?> type) {
            boolean first = !asked;
            asked = true;
            return first;
        }
    }

    private static final class Textual extends Sound {
        @Override
        public byte[] encode(Object value) {
            return bytes(value.toString());
        }
    }

    private static final class Null extends Sound {
        @Override
        public byte[] encode(Object value) {
            return bytes("null");
        }
    }

    private static final class Spaced extends Sound {
        @Override
        public Object decode(byte[] json, Type type) {
            return json[1] == ' ' ? super.decode(json, type) : new Point(9, 9);
        }
    }

    private static final class Turned extends Sound {
        @Override
        public Object decode(byte[] json, Type type) {
            Point point = (Point) super.decode(json, type);
            return new Point(point.y(), point.x());
        }
    }

    private static final class Strict extends Sound {
        @Override
        public Object decode(byte[] json, Type type) {
            String text = new String(json, StandardCharsets.UTF_8);
            return text.contains("added") ? "an unknown key" : super.decode(json, type);
        }
    }

    private static final class Shared extends Sound {
        private final byte[] buffer = bytes("{\"x\":0,\"y\":0}");

        @Override
        public byte[] encode(Object value) {
            return buffer;
        }
    }

    /** Keeps what it writes in a field of its own for a while. */
    private static final class Single extends Sound {
        private final Thread owner = Thread.currentThread();

        @Override
        public Object decode(byte[] json, Type type) {
            return Thread.currentThread() == owner ? super.decode(json, type) : new Point(9, 9);
        }
    }
}
