import { openingLanguage, speak } from './choose';

// Imported before everything that speaks, so that the first picture is already in the right language.
speak(openingLanguage(window.location.search));
