// SPDX-License-Identifier: Apache-2.0
package dev.jitney.tck;

import static dev.jitney.tck.StoreHarness.await;
import static dev.jitney.tck.StoreHarness.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.event.Offset;
import dev.jitney.spi.Cursor.Progress;
import dev.jitney.spi.Cursor.Range;
import dev.jitney.spi.Cursors;
import dev.jitney.spi.Cursors.Claim;
import dev.jitney.spi.EventStore;
import dev.jitney.spi.StoreClosedException;
import dev.jitney.spi.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Claimed cursors, which durable subscriptions stand on: DSU-2 and DSU-3. */
interface StoreClaimRules extends StoreRules {

    /** Returns the cursors, or null after it was seen that the store says they have no owners. */
    private @Nullable Cursors claimable() {
        if (harness().can().claims()) {
            return harness().store().cursors();
        }
        assertThatThrownBy(
                        () -> harness().store().cursors().claim("billing"),
                        "STO-10: what is not declared is refused")
                .isInstanceOf(UnsupportedOperationException.class);
        return null;
    }

    private static Claim claim(Cursors cursors, String name) {
        Claim claim = cursors.claim(name);
        assertThat(claim).as("DSU-3: nobody has claimed '%s'", name).isNotNull();
        return Objects.requireNonNull(claim);
    }

    private static Range range(long from, long to) {
        return new Range(Offset.of(from), Offset.of(to));
    }

    private static Progress progress(long checkpoint, Range... above) {
        return new Progress(Offset.of(checkpoint), List.of(above));
    }

    private static void refused(String call, ThrowingCallable code) {
        assertThatThrownBy(code, "DSU-3: %s of a cursor that somebody else owns", call)
                .isInstanceOf(StoreException.class)
                .message()
                .as("DSU-3: the message says whose cursor it is")
                .contains("billing");
    }

    @Test
    @DisplayName("DSU-3 a cursor has one owner, and another one when that ends")
    default void aCursorHasOneOwner() {
        Cursors cursors = claimable();
        if (cursors == null) {
            return;
        }
        Claim first = claim(cursors, "billing");
        assertThat(first.name()).isEqualTo("billing");
        assertThat(first.find()).as("DSU-3: a cursor can be claimed before it is there").isNull();
        assertThat(cursors.claim("billing")).as("DSU-3: one owner").isNull();
        claim(cursors, "other").close();
        first.save(progress(0));
        first.close();
        first.close();
        Claim second = claim(cursors, "billing");
        first.close();
        assertThat(cursors.claim("billing"))
                .as("DSU-3: closing a claim again takes nothing from the next owner")
                .isNull();
        second.close();
    }

    @Test
    @DisplayName("DSU-3 of many who claim a cursor at once one gets it")
    default void oneOfManyGetsIt() throws Exception {
        Cursors cursors = claimable();
        if (cursors == null) {
            return;
        }
        for (int round = 0; round < 20; round++) {
            CountDownLatch go = new CountDownLatch(1);
            List<Future<@Nullable Claim>> claiming = new ArrayList<>();
            for (int p = 0; p < 4; p++) {
                claiming.add(
                        harness()
                                .start(
                                        () -> {
                                            go.await();
                                            return cursors.claim("billing");
                                        }));
            }
            go.countDown();
            List<Claim> claims = new ArrayList<>();
            for (Future<@Nullable Claim> one : claiming) {
                Claim claim = result(one);
                if (claim != null) {
                    claims.add(claim);
                }
            }
            assertThat(claims).as("DSU-3: look and take must be one step").hasSize(1);
            claims.get(0).close();
        }
    }

    @Test
    @DisplayName("DSU-3 a cursor that is claimed is changed by its owner alone")
    default void onlyItsOwnerChangesIt() {
        Cursors cursors = claimable();
        if (cursors == null) {
            return;
        }
        harness().append("a.b", 10);
        Claim owner = claim(cursors, "billing");
        owner.save(progress(4));
        refused("save", () -> cursors.save("billing", Offset.of(9)));
        refused("reset", () -> cursors.reset("billing", Offset.ZERO));
        refused("remove", () -> cursors.remove("billing"));
        assertThat(cursors.find("billing"))
                .as("DSU-3: a call that is refused changes nothing, and anybody may look")
                .isEqualTo(owner.find());
        assertThat(owner.find().checkpoint()).isEqualTo(Offset.of(4));
        owner.close();
        refused("save after its end", () -> owner.save(progress(8)));
        refused("reset after its end", () -> owner.reset(Offset.ZERO));
        assertThat(cursors.save("billing", Offset.of(5)).checkpoint()).isEqualTo(Offset.of(5));
        assertThat(cursors.reset("billing", Offset.of(2)).checkpoint()).isEqualTo(Offset.of(2));
        assertThat(cursors.remove("billing")).isTrue();
    }

    @Test
    @DisplayName("DSU-2 a cursor keeps what is done above its checkpoint, and forgets none of it")
    default void keepsWhatIsDoneAbove() {
        Cursors cursors = claimable();
        if (cursors == null) {
            return;
        }
        harness().append("a.b", 40);
        Claim owner = claim(cursors, "billing");
        Progress saved = progress(4, range(6, 7), range(9, 20), range(22, 24));
        assertThat(owner.save(saved).progress()).isEqualTo(saved);
        assertThat(cursors.find("billing").progress()).isEqualTo(saved);
        assertThat(cursors.list().get(0).progress()).isEqualTo(saved);
        assertThat(owner.find().lag())
                .as("STO-5: the lag counts from the checkpoint")
                .isEqualTo(36);
        assertThat(owner.save(progress(2, range(30, 31))).progress())
                .as("DSU-2: what was done stays done")
                .isEqualTo(progress(4, range(6, 7), range(9, 20), range(22, 24), range(30, 31)));
        assertThat(owner.save(progress(6)).progress())
                .as("DSU-2: the checkpoint goes on behind what is done")
                .isEqualTo(progress(7, range(9, 20), range(22, 24), range(30, 31)));
        owner.close();
        assertThat(cursors.save("billing", Offset.of(10)).progress())
                .as("STO-5: nor does saving a checkpoint forget it")
                .isEqualTo(progress(20, range(22, 24), range(30, 31)));
        assertThat(cursors.reset("billing", Offset.of(10)).progress())
                .as("STO-5: only a reset does")
                .isEqualTo(progress(10));
        Claim again = claim(cursors, "billing");
        again.save(progress(10, range(12, 14)));
        assertThat(again.reset(Offset.of(3)).progress())
                .as("STO-5: that of its owner too")
                .isEqualTo(progress(3));
        again.close();
    }

    @Test
    @DisplayName("DSU-2 a cursor takes 4 096 ranges above its checkpoint")
    default void takesManyRanges() {
        Cursors cursors = claimable();
        if (cursors == null) {
            return;
        }
        List<Range> ranges = new ArrayList<>();
        long first = 1_000_000_000_000L;
        for (int n = 0; n < Claim.MOST_RANGES; n++) {
            ranges.add(range(first + 10L * n, first + 10L * n + 5));
        }
        Progress many = new Progress(Offset.of(17), ranges);
        Claim owner = claim(cursors, "billing");
        owner.save(many);
        assertThat(cursors.find("billing").progress()).isEqualTo(many);
        owner.close();
    }

    @Test
    @DisplayName("DSU-2 what is done above a checkpoint lives as long as the cursor")
    default void whatIsDoneLivesAsLong() {
        Cursors cursors = claimable();
        if (cursors == null) {
            return;
        }
        harness().append("a.b", 10);
        Progress saved = progress(2, range(4, 6));
        claim(cursors, "billing").save(saved);
        Cursors again = harness().reopen().cursors();
        if (harness().can().durable()) {
            assertThat(again.find("billing").progress()).isEqualTo(saved);
        } else {
            assertThat(again.find("billing")).isNull();
        }
        claim(again, "billing").close();
    }

    @Test
    @DisplayName("DSU-3 closing a store ends its claims")
    default void closingAStoreEndsItsClaims() {
        Cursors cursors = claimable();
        if (cursors == null) {
            return;
        }
        EventStore other = harness().can().multiProcess() ? harness().openAnother() : null;
        Claim claim = claim(cursors, "billing");
        harness().store().close();
        claim.close();
        assertThatThrownBy(() -> cursors.claim("other"), "STO-10: claim after close")
                .isInstanceOf(StoreClosedException.class);
        if (other != null) {
            await(
                    "DSU-3: what a closed store had claimed can be claimed",
                    () -> other.cursors().claim("billing") != null);
            assertThatThrownBy(() -> claim.save(progress(3)), "DSU-3: a claim ends with its store")
                    .isInstanceOf(StoreException.class);
        }
    }

    @Test
    @DisplayName("DSU-3 a cursor has one owner among all stores at a location")
    default void oneOwnerAmongAllStores() {
        Cursors cursors = claimable();
        if (cursors == null || !harness().can().multiProcess()) {
            return;
        }
        Cursors others = harness().openAnother().cursors();
        Claim claim = claim(cursors, "billing");
        claim.save(progress(0));
        assertThat(others.claim("billing")).as("DSU-3: another store has it").isNull();
        refused("save", () -> others.save("billing", Offset.of(1)));
        EventStore third = harness().openAnother();
        assertThat(third.cursors().claim("billing")).isNull();
        third.close();
        assertThat(others.claim("billing"))
                .as("DSU-3: that a third store is closed takes nothing from the owner")
                .isNull();
        claim.close();
        await("DSU-3: it is free for the others", () -> others.claim("billing") != null);
        assertThat(cursors.claim("billing")).isNull();
    }

    @Test
    @DisplayName("STO-5 a text that is no name cannot be claimed")
    default void refusesToClaimBadNames() {
        Cursors cursors = claimable();
        if (cursors == null) {
            return;
        }
        for (String name : List.of("", ".", "../a", "a/b", "n".repeat(129))) {
            assertThatThrownBy(() -> cursors.claim(name), "STO-5: cursor name '%s'", name)
                    .isInstanceOf(IllegalArgumentException.class);
        }
        claim(cursors, "n".repeat(128)).close();
    }
}
