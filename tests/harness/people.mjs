// Two invented tenants. Every number is of the range that is kept free for stories.

export const THREE_NUMBERS = ["+16195550100", "+16195550118", "+16195550123"];

export const harbor = {
  domain: "harbor",
  name: "Harbor Office",
  users: [
    { extension: "1001", name: "Lena Castellanos", department: "Front desk", numbers: THREE_NUMBERS },
    { extension: "1002", name: "Theo Brandt", department: "Dock", numbers: ["+16195550102"] },
    { extension: "1003", name: "Priya Iyer", department: "Dock" },
    { extension: "1004", name: "Nils Okafor", department: "Workshop", role: "office-manager", numbers: ["+16195550104"] },
  ],
};

export const kittiwake = {
  domain: "kittiwake",
  name: "Kittiwake Charters",
  users: [
    { extension: "2001", name: "Maya Delgado", numbers: ["+16195550142"] },
    { extension: "2002", name: "Rosa Tanaka", numbers: ["+16195550133"] },
    { extension: "2003", name: "Devon Kerr", numbers: ["+16195550177"] },
  ],
};

export const LENA = "1001@harbor";
export const THEO = "1002@harbor";
export const PRIYA = "1003@harbor";
export const NILS = "1004@harbor";
export const MAYA = "2001@kittiwake";
export const ROSA = "2002@kittiwake";
export const DEVON = "2003@kittiwake";

/** Numbers as the app shows them to somebody in the same country. */
export const shown = (number) => `(${number.slice(2, 5)}) ${number.slice(5, 8)}-${number.slice(8)}`;

/** The same for a locator: the app may join the last two parts with any kind of hyphen. */
export const shownPattern = (number) =>
  new RegExp(`\\(${number.slice(2, 5)}\\)\\s${number.slice(5, 8)}[-\\u2010\\u2011]${number.slice(8)}`);
