// Sends one mail as a Node program would. Usage: send.mjs OPTIONS MESSAGE, both JSON: of createTransport and of sendMail.
// Prints the server's reply.
import nodemailer from "nodemailer";

const [options, message] = process.argv.slice(2).map((text) => JSON.parse(text));
const transport = nodemailer.createTransport(options);
const sent = await transport.sendMail(message);
console.log(sent.response);
transport.close();
