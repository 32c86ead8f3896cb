// SPDX-License-Identifier: Apache-2.0
package dev.jitney.validator.jsonschema;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaContext;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.keyword.Keyword;
import com.networknt.schema.keyword.KeywordType;
import com.networknt.schema.keyword.KeywordValidator;
import com.networknt.schema.keyword.MultipleOfValidator;
import java.math.BigDecimal;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * The keyword {@code multipleOf}, exactly and at once. The library takes whole numbers for doubles,
 * which are wrong beyond 2<sup>53</sup>, and divides with all the digits of {@code 1e100000}, which
 * takes seconds.
 */
final class MultipleOf implements Keyword {

    @Override
    public String getValue() {
        return KeywordType.MULTIPLE_OF.getValue();
    }

    @Override
    public KeywordValidator newValidator(
            SchemaLocation location, JsonNode divisor, Schema parent, SchemaContext context) {
        return new Validator(location, divisor, parent, context);
    }

    /** Says whether one number is a multiple of another, which is more than zero. */
    static boolean holds(BigDecimal number, BigDecimal divisor) {
        BigDecimal left = number.stripTrailingZeros();
        BigDecimal right = divisor.stripTrailingZeros();
        if (left.signum() == 0) {
            return true;
        }
        // The quotient of the digits, times ten to this power, has to be whole.
        long power = (long) right.scale() - left.scale();
        if (power < 0) {
            return false; // what does not end in a zero has no ten in it
        }
        BigInteger modulus = right.unscaledValue();
        BigInteger tens = BigInteger.TEN.modPow(BigInteger.valueOf(power), modulus);
        return left.unscaledValue().multiply(tens).mod(modulus).signum() == 0;
    }

    private static final class Validator extends MultipleOfValidator {

        private static final BigDecimal HALF = new BigDecimal("0.5");

        private final @Nullable BigDecimal divisor;

        Validator(SchemaLocation location, JsonNode divisor, Schema parent, SchemaContext context) {
            super(location, divisor, parent, context);
            this.divisor = getDivisor(divisor);
        }

        @Override
        protected @Nullable BigDecimal getDivisor(JsonNode node) {
            return node.isNumber() ? node.decimalValue() : null;
        }

        /** Returns a short number in place of a long one: all that is asked for is a remainder. */
        @Override
        protected @Nullable BigDecimal getDividend(JsonNode node) {
            BigDecimal by = divisor;
            if (by == null || !node.isNumber()) {
                return null;
            }
            return holds(node.decimalValue(), by) ? BigDecimal.ZERO : by.multiply(HALF);
        }
    }
}
