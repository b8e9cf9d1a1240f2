/** Sums and remainders that numbers carry so that slips show. Each takes the number without spaces. */

const digitsOf = (text: string): number[] => Array.from(text, Number)

export const luhn = (digits: string): boolean => {
  const sum = digitsOf(digits).toReversed().reduce((total, digit, i) => total + (i % 2 === 0 ? digit : digit * 2 > 9 ? digit * 2 - 9 : digit * 2), 0)
  return digits.length > 1 && sum % 10 === 0
}

/** Letters count from ten. */
const lettersAsNumbers = (text: string): string => text.replace(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55))

export const isIsin = (text: string): boolean => /^[A-Z]{2}[A-Z0-9]{9}\d$/.test(text) && luhn(lettersAsNumbers(text))

/** ISO 7064 mod 97-10. */
export const isLei = (text: string): boolean => /^[A-Z0-9]{18}\d{2}$/.test(text) && remainder97(lettersAsNumbers(text)) === 1

const remainder97 = (digits: string): number => digitsOf(digits).reduce((rest, digit) => (rest * 10 + digit) % 97, 0)

/** Numbers for value added tax; those of countries without a rule here pass by their form. */
export const isVat = (text: string): boolean => {
  const [country, body] = [text.slice(0, 2), text.slice(2)]
  switch (country) {
    case 'DE':
      return /^[1-9]\d{8}$/.test(body) && mod1110(body)
    case 'IT':
      return /^\d{11}$/.test(body) && luhn(body)
    case 'FR':
      return /^[A-Z0-9]{2}\d{9}$/.test(body) && luhn(body.slice(2)) && (!/^\d\d/.test(body) || Number(body.slice(0, 2)) === (12 + 3 * (Number(body.slice(2)) % 97)) % 97)
    case 'BE':
      return /^[01]\d{9}$/.test(body) && 97 - (Number(body.slice(0, 8)) % 97) === Number(body.slice(8))
    case 'AT':
      return /^U\d{8}$/.test(body)
    case 'NL':
      return /^\d{9}B\d{2}$/.test(body)
    case 'ES':
      return /^[A-Z0-9]\d{7}[A-Z0-9]$/.test(body)
    case 'GB':
      return /^(?:\d{9}|\d{12})$/.test(body)
    default:
      return /^[A-Z0-9]{7,13}$/.test(body) && /\d{5}/.test(body)
  }
}

const mod1110 = (body: string): boolean => {
  let product = 10
  for (const digit of digitsOf(body.slice(0, 8))) {
    const sum = (digit + product) % 10 || 10
    product = (sum * 2) % 11
  }
  return (11 - product) % 10 === Number(body.at(-1))
}

/** Swiss UID: eight digits and one over them. */
export const isUid = (digits: string): boolean => {
  const weights = [5, 4, 3, 2, 7, 6, 5, 4]
  const rest = 11 - (weights.reduce((sum, weight, i) => sum + weight * Number(digits[i]), 0) % 11)
  return /^\d{9}$/.test(digits) && rest !== 10 && rest % 11 === Number(digits[8])
}

/** Australian Business Number. */
export const isAbn = (digits: string): boolean => {
  const weights = [10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]
  return /^\d{11}$/.test(digits) && weights.reduce((sum, weight, i) => sum + weight * (Number(digits[i]) - (i === 0 ? 1 : 0)), 0) % 89 === 0
}
