package dev.tributary.training.tokenizer;

import java.util.List;
import java.util.OptionalInt;

/**
 * Turns text into the token ids a model was trained with. Safe for concurrent use; closing waits for running calls.
 * Nothing is ever padded here: batches are padded to their own longest sequence by the engine.
 */
public interface TextTokenizer extends AutoCloseable {

    /**
     * Token ids with the special tokens that the model's own template adds ([CLS] and [SEP] for BERT). A longer text
     * loses content tokens at its end, never special tokens.
     *
     * @param maxLength most ids returned, at least one more than the template's special tokens
     */
    int[] encode(String text, int maxLength);

    /**
     * Like {@link #encode}, and marks the tokens that begin within one of {@code learned}. Tokens of the template are never
     * marked.
     */
    MarkedTokens encode(String text, List<TextSpan> learned, int maxLength);

    /** Token ids of the text alone: no special tokens, nothing cut. */
    int[] encodePlain(String text);

    /** The text of {@code ids}, special tokens left out. */
    String decode(int[] ids);

    /** Id that fills the rest of a batch; positions holding it are masked. 0 where the model has no padding token. */
    int padId();

    /** Id that begins a text, for models that have one. */
    OptionalInt bosId();

    /** Id that ends a text, for models that have one. */
    OptionalInt eosId();

    @Override
    void close();
}
