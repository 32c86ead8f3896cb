// SPDX-License-Identifier: Apache-2.0
package dev.jitney.tck;

import dev.jitney.spi.EventStore;
import dev.jitney.spi.PluginContext;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * The rules STO-1 to STO-11 of event stores, and those parts of DSU-2 and DSU-3 that are theirs, as
 * far as they can be seen from outside one process. Extend it to prove a store:
 *
 * <pre>{@code
 * class AcmeEventStoreContractTest extends EventStoreContract {
 *     @Override
 *     protected EventStore open(Path directory, PluginContext context) {
 *         Map<String, String> config = Map.of("location", directory.toString());
 *         return new AcmeProvider().create(PluginConfig.of("store 'acme'", config, context));
 *     }
 * }
 * }</pre>
 *
 * <p>What a store cannot do, it declares in its capabilities. No test is skipped for that: the rule
 * then is that asking for it is refused and changes nothing.
 */
@Timeout(60)
@ExtendWith(RuleNames.class)
public abstract class EventStoreContract
        implements StoreAppendRules,
                StoreReadRules,
                StoreSelectionRules,
                StoreTailRules,
                StoreCursorRules,
                StoreClaimRules,
                StorePurgeRules,
                StoreGapRules,
                StoreViewRules,
                StoreLifeRules,
                StoreSharingRules {

    @TempDir private Path directory;
    private StoreHarness harness;

    /**
     * Opens the store at a location that the directory stands for, and makes it if there is none.
     * Called again with one directory it must open one store; with another, another. The contract
     * closes what is opened.
     *
     * @param directory an empty directory of this test alone, for stores that live in one; others
     *     derive a name from its last element
     */
    protected abstract EventStore open(Path directory, PluginContext context);

    @BeforeEach
    void openHarness() {
        harness = new StoreHarness(context -> open(directory.resolve("store"), context));
    }

    @AfterEach
    void closeHarness() throws InterruptedException {
        harness.close();
    }

    @Override
    public final StoreHarness harness() {
        return harness;
    }
}
