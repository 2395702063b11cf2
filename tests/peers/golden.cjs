// Loaded into a mock before it begins. Its chance is the golden-ratio sequence instead: of any draws in a row the promised share
// hits, and at a rate of 0.3 never two, so that no call fails four times by chance.
let drawn = 0;
Math.random = () => (++drawn * 0.6180339887498949) % 1;
