// SPDX-License-Identifier: Apache-2.0
package dev.jitney.tck;

import dev.jitney.spi.DeadLetterSink;
import dev.jitney.spi.PluginContext;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * The rule ERR-5 of dead-letter sinks. Extend it to prove one:
 *
 * <pre>{@code
 * class AcmeSinkContractTest extends DeadLetterSinkContract {
 *     @Override
 *     protected DeadLetterSink open(Path directory, int bound, PluginContext context) {
 *         Map<String, String> config = Map.of("path", directory.toString(), "max-letters", "" + bound);
 *         return new AcmeProvider().create(PluginConfig.of("dead-letter sink 'acme'", config, context));
 *     }
 *
 *     @Override
 *     protected boolean durable() {
 *         return true;
 *     }
 * }
 * }</pre>
 */
@Timeout(60)
@ExtendWith(RuleNames.class)
public abstract class DeadLetterSinkContract
        implements SinkKeepingRules, SinkChangingRules, SinkLifeRules {

    @TempDir private Path directory;
    private SinkHarness harness;

    /**
     * Opens the sink that the directory stands for. Called again with one directory, after the
     * first was closed, it opens the same sink; with another, another. The contract closes what is
     * opened.
     *
     * @param bound the most letters to keep
     */
    protected abstract DeadLetterSink open(Path directory, int bound, PluginContext context);

    /** Says whether letters outlive the sink's closing. */
    protected boolean durable() {
        return false;
    }

    @BeforeEach
    void openHarness() {
        Path place = directory.resolve("sink");
        harness = new SinkHarness((bound, context) -> open(place, bound, context), durable());
    }

    @AfterEach
    void closeHarness() throws Exception {
        harness.close();
    }

    @Override
    public final SinkHarness sinks() {
        return harness;
    }
}
